"""Forms of subscriptions: for which topics, and whose address."""

from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from participation.following import SEARCH, topic_in
from participation.models.subscriptions import LONGEST_KEY
from participation.open_forms import OpenForm
from smartregion.base.public_news import Topic, kinds
from smartregion.base.templatetags.base_tags import german

MOST_TOPICS: Final = 50


class TopicsForm(forms.Form):
    """A box for each topic, those of long kinds only where they are followed or asked for.

    Args:
        offered: topics whose boxes are ticked at first.
    """

    words = forms.CharField(
        label=gettext_lazy("Suchworte"),
        help_text=gettext_lazy(
            "Sie erfahren, was es auf allen Seiten Neues gibt, die die Suche danach findet."
        ),
        required=False,
        max_length=LONGEST_KEY,
    )

    def __init__(self, *args: Any, offered: Iterable[Topic] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = []
        ticked = list(offered)
        for kind in kinds():
            mine = [topic.key for topic in ticked if topic.kind == kind.key]
            asked = [topic.key for topic in self._sent(kind.key)]
            found = kind.find(None if kind.is_listed else [*mine, *asked])
            if not found:
                continue
            self.fields[kind.key] = forms.MultipleChoiceField(
                label=kind.label,
                choices=[(key, german(choice.label)) for key, choice in found.items()],
                initial=mine,
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
            self.kinds.append(kind.key)
        if SEARCH in self.kinds:
            self.fields["words"].label = _("Weitere Suchworte")

    def _sent(self, kind: str) -> list[Topic]:
        """Topics that the sent form names, whether there are any such or not."""
        keys = self.data.getlist(kind) if isinstance(self.data, QueryDict) else []
        named = (topic_in(f"{kind}:{key}") for key in keys[:MOST_TOPICS])
        return [topic for topic in named if topic]

    @property
    def boxes(self) -> list[forms.BoundField]:
        return [self[kind] for kind in self.kinds]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        number = len(self.topics)
        if not number and not self.errors:
            raise ValidationError(_("Bitte wählen Sie mindestens ein Thema."))
        if number > MOST_TOPICS:
            raise ValidationError(_("Bitte wählen Sie höchstens %d Themen.") % MOST_TOPICS)
        return cleaned

    @property
    def topics(self) -> set[Topic]:
        """What was chosen."""
        chosen = {Topic(kind, key) for kind in self.kinds for key in self.cleaned_data.get(kind, [])}
        words = topic_in(f"{SEARCH}:{self.cleaned_data.get('words', '')}")
        return chosen | ({words} if words else set())


class SubscribeForm(TopicsForm, OpenForm):
    email = forms.EmailField(
        label=gettext_lazy("E-Mail-Adresse"),
        help_text=gettext_lazy(
            "An diese Adresse geht zuerst eine Mail, in der Sie das Abonnement bestätigen."
        ),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
