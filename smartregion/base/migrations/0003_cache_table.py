"""The table of the cache, which holds rate limits; Django has a command for it but no migration."""

from django.core.management import call_command
from django.db import migrations


def create(apps, schema_editor):
    call_command("createcachetable", "base_cache", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("base", "0002_history_by_the_clock")]

    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
