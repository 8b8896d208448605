"""The web application's files: a Static Web App, Free. The pipeline brings them, with the address of the API in config.json."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import web

from infra.components.base import Component, Place


class Web(Component):
    """`url` is where the browser finds the application, and the one origin that the API answers."""

    def __init__(self, place: Place) -> None:
        super().__init__("web")
        options = place.options
        policy = web.StagingEnvironmentPolicy
        previews = policy.ENABLED if options.tier.previews else policy.DISABLED
        site = web.StaticSite(
            "web",
            name=options.names.of("stapp"),
            sku=web.SkuDescriptionArgs(name="Free", tier="Free"),
            # A preview of a pull request is an origin that no API knows, so nobody can sign in there.
            staging_environment_policy=previews,
            allow_config_file_updates=True,
            provider="Custom",
            public_network_access="Enabled",
            resource_group_name=place.group,
            location=options.web_location,
            tags=options.tags,
            opts=self.own(),
        )
        self.name = site.name
        self.url: pulumi.Output[str] = site.default_hostname.apply(lambda host: f"https://{host}")
        if options.web_domain:
            web.StaticSiteCustomDomain(
                "web-domain",
                domain_name=options.web_domain,
                name=site.name,
                validation_method="cname-delegation",
                resource_group_name=place.group,
                opts=self.own(),
            )
            self.url = pulumi.Output.from_input(f"https://{options.web_domain}")
        self.register_outputs({})
