"""Workspaces are approved, invitations count their mails and open one account."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F

import common.names


def approve(apps, schema_editor):
    """Who invited until now may go on."""
    apps.get_model("counselor", "Workspace").objects.using(schema_editor.connection.alias).update(approved_at=F("opened_at"))


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("counselor", "0001_initial"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="workspace",
            options={"verbose_name": "workspace", "verbose_name_plural": "workspaces"},
        ),
        migrations.AlterField(
            model_name="workspace",
            name="name",
            field=models.CharField(max_length=80, validators=[common.names.validate_name], verbose_name="name"),
        ),
        migrations.AlterField(
            model_name="workspace",
            name="practice",
            field=models.CharField(blank=True, max_length=120, validators=[common.names.validate_name], verbose_name="practice"),
        ),
        migrations.AlterField(
            model_name="workspace",
            name="opened_at",
            field=models.DateTimeField(verbose_name="opened"),
        ),
        migrations.AddField(
            model_name="workspace",
            name="approved_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="approved"),
        ),
        migrations.RunPython(approve, migrations.RunPython.noop),
        migrations.AddField(
            model_name="invitation",
            name="account",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="account_made_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="MailDay",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("invitations", models.PositiveIntegerField(default=0)),
            ],
        ),
    ]
