from django.db import migrations


def begin(apps, schema_editor):
    """
    Give every customer a row that is due, from which the worker or a reader works out the status.
    """
    Customer = apps.get_model("customers", "Customer")
    FollowUp = apps.get_model("followups", "FollowUp")
    Tally = apps.get_model("followups", "FollowUpTally")
    begun = FollowUp.objects.bulk_create(
        (
            FollowUp(customer_id=pk, status="lead", since=at, due_at=at, reason="")
            for pk, at in Customer.objects.values_list("pk", "created_at").iterator()
        ),
        batch_size=5000,
    )
    if begun:
        Tally.objects.create(status="lead", people=len(begun))


class Migration(migrations.Migration):
    dependencies = [("followups", "0001_initial")]
    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
