"""Sign-in through identity providers by OpenID Connect: an organisation's own, SPID and CIE through a proxy."""
