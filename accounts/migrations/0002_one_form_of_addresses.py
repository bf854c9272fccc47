"""Addresses in the form of common/addresses.py, and names that hold no address."""

from django.db import migrations, models

import common.names
from common.addresses import canonical_address


def canonicalise(apps, schema_editor):
    """An address that would become another account's stays as it is: its account is the operator's to sort out."""
    for label in (("accounts", "User"), ("account", "EmailAddress")):
        model = apps.get_model(*label)
        rows = model.objects.using(schema_editor.connection.alias)
        for pk, email in rows.values_list("pk", "email"):
            canonical = canonical_address(email)
            if canonical != email and not rows.filter(email=canonical).exists():
                rows.filter(pk=pk).update(email=canonical)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="name",
            field=models.CharField(blank=True, max_length=80, validators=[common.names.validate_name], verbose_name="name"),
        ),
        migrations.AlterField(
            model_name="connection",
            name="parent_name",
            field=models.CharField(max_length=80, validators=[common.names.validate_name], verbose_name="what they call you"),
        ),
        migrations.RunPython(canonicalise, migrations.RunPython.noop),
    ]
