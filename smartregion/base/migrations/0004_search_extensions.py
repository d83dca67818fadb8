from django.contrib.postgres.operations import CreateExtension, TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    """The index itself is made after each migration (`smartregion.base.search_index`)."""

    dependencies = [
        ('base', '0003_job_attempts_and_signs'),
    ]

    operations = [
        TrigramExtension(),
        CreateExtension('fuzzystrmatch'),
    ]
