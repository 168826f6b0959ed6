"""Every IT Glue resource as data: attributes, filters, sort fields, what may be written, where it is nested."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

FilterKind = Literal["id", "number", "text", "flag", "dates", "email"]

_NOTHING: Mapping[str, FilterKind] = {}


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource. `path` is its snake-case route, `type` its dash-case JSON:API type.

    `filters` maps a snake-case name to how its value is compared; the attribute has the same name in dashes.
    `open_to_sync` are the attributes a PSA-synced record may still change (None: nothing is synced).
    """

    path: str
    type: str
    attributes: tuple[str, ...]
    filters: Mapping[str, FilterKind] = field(default_factory=lambda: _NOTHING)
    sorts: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    ranges: tuple[str, ...] = ()
    includes: tuple[str, ...] = ()
    creates: bool = False
    updates: bool = False
    deletes: Literal["", "one", "bulk", "both"] = ""
    shows: bool = True
    at_root: bool = True
    nested: bool = False
    required: tuple[str, ...] = ()
    read_only: tuple[str, ...] = ()
    open_to_sync: tuple[str, ...] | None = None


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _filters(text: str) -> dict[str, FilterKind]:
    """`id:id name:text` as a mapping."""
    pairs = (item.split(":") for item in text.split())
    return {name: kind for name, kind in pairs}  # type: ignore[misc]  # noqa: C416 - narrows the kinds


_LIST = _names("name created-at updated-at")
_LIST_FILTERS = _filters("id:id name:text")
_LIST_SORTS = _names("name id created_at updated_at")

_RESOURCES = (
    Resource(
        "organizations",
        "organizations",
        _names(
            "name alert description organization-type-id organization-type-name organization-status-id "
            "organization-status-name my-glue-account-id primary logo quick-notes short-name created-at "
            "updated-at parent-id ancestor-ids psa-integration"
        ),
        _filters(
            "id:id name:text organization_type_id:number organization_status_id:number created_at:dates "
            "updated_at:dates my_glue_account_id:number psa_id:text group_id:number primary:flag"
        ),
        _names(
            "name id updated_at organization_status_name organization_type_name created_at short_name "
            "my_glue_account_id"
        ),
        excludes=_names("id name organization_type_id organization_status_id"),
        ranges=_names("my_glue_account_id"),
        includes=_names("adapters_resources attachments rmm_companies"),
        creates=True,
        updates=True,
        deletes="bulk",
        required=("name",),
        read_only=_names("primary my-glue-account-id ancestor-ids psa-integration"),
        open_to_sync=_names("alert description quick-notes"),
    ),
    Resource(
        "organization_types",
        "organization-types",
        (*_LIST, "synced"),
        _LIST_FILTERS,
        _LIST_SORTS,
        creates=True,
        updates=True,
        required=("name",),
        read_only=("synced",),
    ),
    Resource(
        "organization_statuses",
        "organization-statuses",
        (*_LIST, "synced"),
        _LIST_FILTERS,
        _LIST_SORTS,
        creates=True,
        updates=True,
        required=("name",),
        read_only=("synced",),
    ),
    Resource(
        "contacts",
        "contacts",
        _names(
            "organization-id organization-name name first-name last-name title contact-type-id "
            "contact-type-name location-id location-name important notes created-at updated-at "
            "contact-emails contact-phones psa-integration"
        ),
        _filters(
            "id:id first_name:text last_name:text title:text contact_type_id:number important:flag "
            "primary_email:email organization_id:number psa_id:text"
        ),
        _names("first_name last_name id created_at updated_at"),
        includes=_names(
            "adapters_resources location passwords attachments tickets distinct_remote_contacts "
            "resource_fields user_resource_accesses group_resource_accesses"
        ),
        creates=True,
        updates=True,
        deletes="bulk",
        nested=True,
        required=("organization-id", "first-name"),
        read_only=_names("name psa-integration"),
        open_to_sync=(),
    ),
    Resource(
        "contact_types",
        "contact-types",
        _LIST,
        _LIST_FILTERS,
        _LIST_SORTS,
        creates=True,
        updates=True,
        required=("name",),
    ),
    Resource(
        "users",
        "users",
        _names(
            "first-name last-name name role-name email invitation-sent-at invitation-accepted-at "
            "current-sign-in-at current-sign-in-ip last-sign-in-at last-sign-in-ip created-at updated-at "
            "my-glue my-glue-account-id reputation avatar"
        ),
        _filters("id:id name:text email:text role_name:text salesforce_id:text"),
        _names("name email reputation id created_at updated_at"),
        updates=True,  # name and avatar only; users are never created, invited or disabled over the API
        read_only=_names(
            "name role-name email my-glue my-glue-account-id reputation invitation-sent-at "
            "invitation-accepted-at current-sign-in-at current-sign-in-ip last-sign-in-at last-sign-in-ip"
        ),
    ),
    Resource(
        "groups",
        "groups",
        _names("name description my-glue my-glue-account-id hide-from-my-glue created-at updated-at"),
        _LIST_FILTERS,
        _names("name created_at updated_at"),
        includes=_names("users organizations resource_type_restrictions my_glue_account"),
        creates=True,
        updates=True,
        deletes="one",
        required=("name",),
    ),
    Resource(
        "passwords",
        "passwords",
        _names(
            "organization-id organization-name resource-url restricted my-glue name autofill-selectors "
            "username url notes password-updated-at updated-by updated-by-type resource-id resource-type "
            "cached-resource-type-name cached-resource-name password-category-id password-category-name "
            "password-folder-id parent-url vault-id otp-enabled archived created-at updated-at"
        ),
        _filters(
            "id:id name:text organization_id:number password_category_id:number url:text "
            "cached_resource_name:text archived:flag"
        ),
        _names("name username url id created_at updated_at"),
        includes=_names(
            "network_glue_networks attachments rotatable_password updater shared_links active_shared_links "
            "user_resource_accesses group_resource_accesses"
        ),
        creates=True,
        updates=True,
        deletes="both",
        nested=True,
        required=("organization-id", "name"),
        read_only=_names("updated-by updated-by-type vault-id otp-enabled parent-url"),
    ),
    Resource(
        "password_categories",
        "password-categories",
        (*_LIST, "passwords-count"),
        _LIST_FILTERS,
        _names("name created_at updated_at"),
        creates=True,
        updates=True,
        required=("name",),
        read_only=("passwords-count",),
    ),
    Resource(
        "password_folders",
        "password-folders",
        _names("organization-id organization-name name parent-id restricted created-at updated-at"),
        _filters("id:id"),
        _names("created_at updated_at"),
        includes=_names("user_resource_accesses group_resource_accesses authorized_users ancestors"),
        creates=True,
        updates=True,
        at_root=False,
        nested=True,
        required=("name",),
    ),
    Resource(
        "domains",
        "domains",
        _names(
            "organization-id organization-name resource-url name screenshot registrar-name notes "
            "expires-on created-at updated-at"
        ),
        _filters("id:id organization_id:number"),
        _names("created_at updated_at"),
        includes=_names("passwords attachments user_resource_accesses group_resource_accesses"),
        shows=False,  # read-only, list only
        nested=True,
    ),
    Resource(
        "configurations",
        "configurations",
        _names(
            "organization-id organization-name organization-short-name resource-url restricted "
            "psa-integration my-glue name hostname primary-ip mac-address default-gateway serial-number "
            "asset-tag position installed-by purchased-by notes operating-system-notes warranty-expires-at "
            "installed-at purchased-at created-at updated-at configuration-type-id configuration-type-name "
            "configuration-type-kind configuration-status-id configuration-status-name contact-id "
            "contact-name archived"
        ),
        _filters(
            "id:id name:text organization_id:number contact_id:number serial_number:text mac_address:text "
            "asset_tag:text psa_id:text archived:flag"
        ),
        _names("name id created_at updated_at"),
        includes=_names("adapters_resources attachments"),
        creates=True,
        updates=True,
        nested=True,
        required=("organization-id", "name"),
        read_only=("psa-integration",),
    ),
    Resource(
        "flexible_asset_types",
        "flexible-asset-types",
        _names("name description icon enabled show-in-menu builtin created-at updated-at"),
        _LIST_FILTERS,
        _LIST_SORTS,
    ),
    Resource(
        "flexible_assets",
        "flexible-assets",
        _names(
            "organization-id organization-name resource-url restricted my-glue flexible-asset-type-id "
            "flexible-asset-type-name name traits archived created-at updated-at"
        ),
        _filters("flexible_asset_type_id:number organization_id:number name:text id:id archived:flag"),
        _names("name id created_at updated_at"),
        creates=True,
        updates=True,
        deletes="one",
        required=("organization-id", "flexible-asset-type-id", "traits"),
    ),
    Resource(
        "logs",
        "logs",
        _names(
            "created-at level account-id user-id organization-id action resource-type resource-name "
            "ip-address ip-city ip-region ip-country user-agent"
        ),
        _filters("created_at:dates"),
        ("created_at",),
        shows=False,
    ),
)

RESOURCES: dict[str, Resource] = {resource.path: resource for resource in _RESOURCES}
