"""Sign-in through Google, GitHub or an OpenID Connect server."""
