"""Redis for several instances: shared limits, and news between them. One instance has a Valkey of its own beside it instead.

Azure Managed Redis, because Azure Cache for Redis takes no new customers since April 2026.
"""

from __future__ import annotations

import pulumi
from pulumi_azure_native import redisenterprise

from infra.components.base import Component, Place
from infra.components.network import Network, Target

PORT = 10000


class Cache(Component):
    """`host`, and the `password` for the vault."""

    def __init__(self, place: Place, net: Network) -> None:
        super().__init__("cache")
        name = place.options.names.of("redis")
        cluster = redisenterprise.RedisEnterprise(
            "redis",
            cluster_name=name,
            sku=redisenterprise.SkuArgs(name=redisenterprise.SkuName.BALANCED_B0),
            high_availability=redisenterprise.HighAvailability.DISABLED,
            minimum_tls_version=redisenterprise.TlsVersion.TLS_VERSION_1_2,
            public_network_access="Disabled" if net.private else "Enabled",
            **place.located,
            opts=self.own(),
        )
        database = redisenterprise.Database(
            "redis-database",
            cluster_name=cluster.name,
            database_name="default",
            client_protocol=redisenterprise.Protocol.ENCRYPTED,
            clustering_policy=redisenterprise.ClusteringPolicy.NO_CLUSTER,
            eviction_policy=redisenterprise.EvictionPolicy.VOLATILE_LRU,
            access_keys_authentication=redisenterprise.AccessKeysAuthentication.ENABLED,
            port=PORT,
            resource_group_name=place.group,
            opts=self.own(),
        )
        keys = redisenterprise.list_database_keys_output(
            cluster_name=cluster.name, database_name=database.name, resource_group_name=place.group
        )
        self.host = cluster.host_name
        self.password: pulumi.Output[str] = pulumi.Output.secret(keys.primary_key).apply(str)
        self.reached = net.reach(Target("redis", cluster.id, "redisEnterprise", "redis"), [database])
        self.register_outputs({})
