"""Invite, disable and enable people, and see how much their accounts hold."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from operations import people

ACTS = {
    "invite": "make an account, and mail how to sign in",
    "resend": "send the mail again that somebody still waits for",
    "disable": "let nobody sign in to an account, and sign it out everywhere",
    "enable": "undo that",
    "sizes": "list how many pages and bytes each account holds",
}


class Command(BaseCommand):
    help = "Invite, disable and enable people, and see how much their accounts hold. Never shows what anyone wrote."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("act", choices=ACTS, help="; ".join(f"{act}: {what}" for act, what in ACTS.items()))
        parser.add_argument("address", nargs="*", help="e-mail addresses")
        parser.add_argument("--language", default="", help="the language of the invitation and of the account, such as es")

    def handle(self, *args: object, act: str, address: list[str], language: str, **options: object) -> None:
        if act == "sizes":
            self._sizes()
            return
        if not address:
            raise CommandError(f"Who? manage.py people {act} mara@example.org")
        refused = []
        for each in address:
            try:
                self.stdout.write(self._act(act, each, language))
            except people.NotPossible as error:
                refused.append(str(error))
        if refused:
            raise CommandError("\n".join(refused))

    def _act(self, act: str, address: str, language: str) -> str:
        if act in {"invite", "resend"}:
            is_sent = people.invite(address, language) if act == "invite" else people.resend(address)
            if is_sent:
                return f"An email is on its way to {address}."
            return f"No mail server is set up, so nothing was sent. {people.without_mail(address)}"
        if act == "disable":
            people.disable(address)
            return f"{address} cannot sign in any more. What is in the account stays as it is: people enable {address} undoes this."
        people.enable(address)
        return f"{address} can sign in."

    def _sizes(self) -> None:
        found = people.sizes()
        for size in found:
            self.stdout.write(f"{size.stored / 1024 / 1024:10.1f} MB  {size.pages:7} pages  {size.versions:7} versions  {size.address}")
        self.stdout.write(f"{len(found)} accounts hold {sum(size.stored for size in found) / 1024 / 1024:.1f} MB, sealed and padded.")
