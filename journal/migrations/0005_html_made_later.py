from django.db import migrations, models


class Migration(migrations.Migration):
    """Since when the HTML of an entry's text waits to be made."""

    dependencies = [("journal", "0004_shares_and_replies_are_found_by_indexes")]

    operations = [
        migrations.AddField(
            model_name="entry",
            name="unrendered_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(
                condition=models.Q(("unrendered_at__isnull", False)), fields=["unrendered_at"], name="journal_entry_to_render"
            ),
        ),
    ]
