"""Words that are spelt alike are found by their trigrams."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("base", "0003_job_attempts_and_signs")]
    operations = [TrigramExtension()]
