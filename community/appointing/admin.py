"""The page of a person in Django admin, with a checkbox for each role of the community; for superusers alone."""

from typing import Any, override

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from accounts.admin.people import AccountForm, UserAdmin
from accounts.models import User
from community import rules
from community.appointing import granting

ROLE_GROUP_NAMES = [role.group_name for role in granting.ROLES.values()]


class PersonForm(AccountForm):
    """Grants or removes a role where its checkbox was changed on this very page.

    What the checkbox showed comes along (`show_hidden_initial`): so a page that was opened before another
    administrator changed the role, and is saved for something else, takes nothing back. The two groups
    are not among the groups to choose from, and stay whatever is chosen there.
    """

    reviewer = forms.BooleanField(
        label=gettext_lazy("Reviewer"),
        help_text=gettext_lazy("Decides on suggestions."),
        required=False,
        show_hidden_initial=True,
    )
    moderator = forms.BooleanField(
        label=gettext_lazy("Moderator"),
        help_text=gettext_lazy("Looks after what people write."),
        required=False,
        show_hidden_initial=True,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = list(self.instance.groups.all())
        for name, role in granting.ROLES.items():
            self.initial[name] = role.group_name in {group.name for group in held}
        self.initial["groups"] = [group for group in held if group.name not in ROLE_GROUP_NAMES]
        groups = self.fields["groups"]
        assert isinstance(groups, forms.ModelMultipleChoiceField)
        groups.queryset = Group.objects.exclude(name__in=ROLE_GROUP_NAMES)

    def clean_groups(self) -> QuerySet[Group]:
        """Return the chosen groups with those of the roles that the account has now; its row is locked."""
        chosen = [group.pk for group in self.cleaned_data["groups"]]
        return Group.objects.filter(Q(pk__in=chosen) | Q(name__in=ROLE_GROUP_NAMES, user=self.instance)).distinct()


class PersonAdmin(UserAdmin):
    """People, as in accounts/admin/people.py, with the roles that they have in the community."""

    @override
    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is not None and rules.may_promote(request.user):
            kwargs["form"] = PersonForm
        return super().get_form(request, obj, change=change, **kwargs)

    @override
    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        fieldsets = list(super().get_fieldsets(request, obj))
        if obj is not None and rules.may_promote(request.user):
            fieldsets.insert(2, (gettext_lazy("Community"), {"fields": tuple(granting.ROLES)}))
        return fieldsets

    @override
    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Show the log of an account, with its lines about roles in the reader's language."""
        response = super().history_view(request, object_id, extra_context)
        for entry in (getattr(response, "context_data", None) or {}).get("action_list", ()):
            entry.change_message = granting.translate_log_message(entry.change_message)
        return response

    @override
    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the groups, then grant and remove the roles whose checkboxes were changed."""
        super().save_related(request, form, formsets, change)
        administrator = request.user
        assert isinstance(administrator, User)
        for name, role in granting.ROLES.items():
            if name in form.changed_data:
                act = granting.grant if form.cleaned_data[name] else granting.remove
                act(form.instance, role, administrator)

    @override
    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """Return what else was changed: the roles are in the log already, where they really changed."""
        if isinstance(form, PersonForm):
            form.changed_data = [name for name in form.changed_data if name not in granting.ROLES]
        return super().construct_change_message(request, form, formsets, add)

    @override
    def log_change(self, request: HttpRequest, obj: User, message: Any) -> Any:
        """Write a line for what was changed; a page that was saved as it was leaves none."""
        return super().log_change(request, obj, message) if message else None


admin.site.unregister(User)
admin.site.register(User, PersonAdmin)
