import getpass

from django.contrib.auth.management.commands import changepassword
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import CommandError

from accounts.models import User
from accounts.models.user import normal_password

TRIES = 3


class Command(changepassword.Command):
    """In place of Django's, which saves the whole row, and so undoes what was changed while somebody typed."""

    help = "Set a new password for a person, by their email address."

    def _ask(self, prompt: str) -> str:
        if not (password := getpass.getpass(prompt)):
            raise CommandError("Nothing was changed.")
        return password

    def handle(self, *args: object, **options: object) -> str:
        people = User.objects.db_manager(str(options["database"]))
        try:
            person = people.get_by_natural_key(str(options["username"]))
        except User.DoesNotExist as error:
            raise CommandError("No one has this address.") from error
        for _try in range(TRIES):
            password = normal_password(self._ask("Password: "))
            if password != normal_password(self._ask("Password (again): ")):
                self.stdout.write("The passwords don’t match. Please try again.")
                continue
            try:
                validate_password(password, person)
            except ValidationError as error:
                self.stderr.write("\n".join(error.messages))
                continue
            person.set_password(password)
            person.save(update_fields=["password"])
            return "Password changed. This signs them out everywhere."
        raise CommandError("Nothing was changed.")
