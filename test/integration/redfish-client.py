#!/usr/bin/env python3
"""Drives a BMC's Redfish service with sushy, the client of OpenStack's Ironic and of Metal3, and prints what it saw.

Usage: redfish-client.py URL USER PASSWORD CERTIFICATE [IMAGE]

CERTIFICATE is the file with the BMC's certificate, the only one that is trusted. IMAGE is a path or URL of an ISO image
to insert. The result is one JSON document. A system without boot devices or a drive has null for them.
"""

import json
import os
import sys
import time

import sushy
from sushy import auth, exceptions

# A guest may take a while to shut down.
TIMEOUT_SECONDS = 120


def log_in(url, user, password, certificate, kind):
    """Returns the service root, for a client that authenticates by `auth.BasicAuth` or `auth.SessionAuth`."""
    return sushy.Sushy(url, auth=kind(user, password), verify=certificate)


def refusal(url, user, password, certificate, kind):
    """Returns the status with which a login, or the first request after it, is refused; null if it is not."""
    try:
        log_in(url, user, password, certificate, kind).get_system_collection()
        return None
    except exceptions.HTTPError as error:
        return error.status_code


def power_after(system, reset, expected):
    """Resets the system until its power is as expected, and returns what it then is.

    A machine that still boots does not see its power button.
    """
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while True:
        system.reset_system(reset)
        for _ in range(10):
            system.refresh(force=True)
            if system.power_state == expected or time.monotonic() > deadline:
                return system.power_state.value
            time.sleep(0.5)


def power(system):
    """Switches the system off and on, and presses its power button. It is off in the end."""
    return {
        "ForceOff": power_after(system, sushy.ResetType.FORCE_OFF, sushy.PowerState.OFF),
        "On": power_after(system, sushy.ResetType.ON, sushy.PowerState.ON),
        "GracefulShutdown": power_after(system, sushy.ResetType.GRACEFUL_SHUTDOWN, sushy.PowerState.OFF),
    }


def boot_after(system, **options):
    """Sets how the system boots, and returns what it then tells of that."""
    system.set_system_boot_options(**options)
    system.refresh(force=True)
    return {
        "target": system.boot.target.value,
        "enabled": system.boot.enabled.value,
        "mode": system.boot.mode.value,
    }


def boot(system):
    """Sets boot device and firmware in all ways; in the end there is no override."""
    if not system.boot.allowed_values:
        return None
    once, always = sushy.BootSourceOverrideEnabled.ONCE, sushy.BootSourceOverrideEnabled.CONTINUOUS
    uefi, legacy = sushy.BootSourceOverrideMode.UEFI, sushy.BootSourceOverrideMode.LEGACY
    return {
        "allowable": sorted(source.value for source in system.get_allowed_system_boot_source_values()),
        "pxe once": boot_after(system, target=sushy.BootSource.PXE, enabled=once),
        "hdd continuous": boot_after(system, target=sushy.BootSource.HDD, enabled=always, mode=uefi),
        "legacy": boot_after(system, mode=legacy),
        "disabled": boot_after(system, enabled=sushy.BootSourceOverrideEnabled.DISABLED),
    }


def drive_state(drive):
    drive.refresh(force=True)
    via = drive.connected_via and drive.connected_via.value
    return {"image": drive.image, "inserted": drive.inserted, "connectedVia": via}


def media(manager, image):
    """Inserts and ejects the image. The drive is empty in the end."""
    try:
        (drive,) = manager.virtual_media.get_members()
    except exceptions.MissingAttributeError:
        return None
    drive.eject_media()
    states = {"types": [kind.value for kind in drive.media_types], "empty": drive_state(drive)}
    if image is not None:
        drive.insert_media(image)
        states["inserted"] = drive_state(drive)
        drive.eject_media()
        states["ejected"] = drive_state(drive)
    return states


def facts(system):
    """Returns what is read of a system."""
    interfaces = system.ethernet_interfaces.summary
    return {
        "name": system.name,
        "uuid": system.uuid,
        "memoryGiB": system.memory_summary.size_gib,
        "resets": sorted(reset.value for reset in system.get_allowed_reset_system_values()),
        "nics": {mac: state.value for mac, state in interfaces.items()},
        "chassis": [chassis.name for chassis in system.chassis],
        "managers": [manager.identity for manager in system.managers],
    }


def main(url, user, password, certificate, image=None):
    # These would be trusted instead of the given certificate.
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        os.environ.pop(variable, None)
    server = (url, user, password, certificate)
    root = log_in(*server, auth.SessionAuth)
    (system,) = root.get_system_collection().get_members()
    seen = {
        "systems": [facts(system)],
        "sessions": len(root.get_session_service().sessions.members_identities),
        "basic": [member.name for member in log_in(*server, auth.BasicAuth).get_system_collection().get_members()],
        "wrongPassword": {
            kind.__name__: refusal(url, user, f"{password}x", certificate, kind)
            for kind in (auth.SessionAuth, auth.BasicAuth)
        },
        "boot": boot(system),
        "media": media(system.managers[0], image),
        "power": power(system),
    }
    print(json.dumps(seen, indent=2))


if __name__ == "__main__":
    if len(sys.argv) not in (5, 6):
        sys.exit(__doc__)
    main(*sys.argv[1:])
