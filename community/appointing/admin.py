"""The page of a person in Django admin, for superusers with a checkbox for each role of the community."""

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
    """The form of an account with checkboxes for its roles; only a checkbox that was changed changes a role.

    The form also sends what a checkbox showed at first (`show_hidden_initial`). So nothing is reverted if another
    administrator changes a role while the page is open, and the page is then saved for something else. The groups
    of the roles are not among the groups to choose from, and the account keeps them whatever is chosen there.
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
        current_groups = list(self.instance.groups.all())
        for name, role in granting.ROLES.items():
            self.initial[name] = role.group_name in {group.name for group in current_groups}
        self.initial["groups"] = [group for group in current_groups if group.name not in ROLE_GROUP_NAMES]
        groups = self.fields["groups"]
        assert isinstance(groups, forms.ModelMultipleChoiceField)
        groups.queryset = Group.objects.exclude(name__in=ROLE_GROUP_NAMES)

    def clean_groups(self) -> QuerySet[Group]:
        """Return the chosen groups and the groups of the roles that the account has now; its row is locked."""
        chosen_ids = [group.pk for group in self.cleaned_data["groups"]]
        # Without the second condition, saving the form would remove the groups that cannot be chosen.
        return Group.objects.filter(Q(pk__in=chosen_ids) | Q(name__in=ROLE_GROUP_NAMES, user=self.instance)).distinct()


class PersonAdmin(UserAdmin):
    """Accounts, as in accounts/admin/people.py, with the roles that they have in the community."""

    @override
    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any) -> Any:
        # Not on the page that creates an account: a role is granted to an account that exists.
        if obj is not None and rules.may_promote(request.user):
            kwargs["form"] = PersonForm
        return super().get_form(request, obj, change=change, **kwargs)

    @override
    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        fieldsets = list(super().get_fieldsets(request, obj))
        if obj is not None and rules.may_promote(request.user):
            # After the names and addresses, before the permissions.
            fieldsets.insert(2, (gettext_lazy("Community"), {"fields": tuple(granting.ROLES)}))
        return fieldsets

    @override
    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Show the log of an account, with the messages about roles in the reader's language."""
        response = super().history_view(request, object_id, extra_context)
        # A `TemplateResponse` that is not rendered yet; a redirect has no context.
        for entry in (getattr(response, "context_data", None) or {}).get("action_list", ()):
            entry.change_message = granting.translate_log_message(entry.change_message)
        return response

    @override
    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the groups, then grant or remove each role whose checkbox was changed."""
        super().save_related(request, form, formsets, change)
        administrator = request.user
        assert isinstance(administrator, User)
        for name, role in granting.ROLES.items():
            if name in form.changed_data:
                change_role = granting.grant if form.cleaned_data[name] else granting.remove
                change_role(form.instance, role, administrator)

    @override
    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """Return a message about other changed fields: `granting` has logged the roles that really changed."""
        if isinstance(form, PersonForm):
            form.changed_data = [name for name in form.changed_data if name not in granting.ROLES]
        return super().construct_change_message(request, form, formsets, add)

    @override
    def log_change(self, request: HttpRequest, obj: User, message: Any) -> Any:
        """Write a line for what was changed; a page that was saved without a change leaves none."""
        return super().log_change(request, obj, message) if message else None


# Replaces the page that accounts/admin/people.py registers.
admin.site.unregister(User)
admin.site.register(User, PersonAdmin)
