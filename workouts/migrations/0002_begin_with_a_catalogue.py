from django.db import migrations

from workouts.catalogue import CATALOGUE


def begin(apps, schema_editor):
    exercise = apps.get_model("workouts", "Exercise")
    there = {name.lower() for name in exercise.objects.values_list("name", flat=True)}
    exercise.objects.bulk_create(
        exercise(name=name, equipment=equipment, kind=kind, muscles=muscles)
        for name, equipment, kind, muscles in CATALOGUE
        if name.lower() not in there
    )


class Migration(migrations.Migration):
    dependencies = [("workouts", "0001_initial")]
    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
