from django.db import migrations


def set_fillfactor(apps, schema_editor):
    # Every booking updates its session's counter. With room in the page PostgreSQL writes the
    # updated row beside the old one and touches no index.
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE classes_classsession SET (fillfactor = 80)")


def reset_fillfactor(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE classes_classsession RESET (fillfactor)")


class Migration(migrations.Migration):
    dependencies = [("classes", "0001_initial")]
    operations = [migrations.RunPython(set_fillfactor, reset_fillfactor)]
