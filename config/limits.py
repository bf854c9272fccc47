"""How often somebody may try: allauth's rate limits (ACCOUNT_RATE_LIMITS), and those of accounts/security/attempts.py.

`5/5m/key` is five in five minutes. What a key is, accounts/security/attempts.py says; `ip` is a visitor's network, for IPv6 its /64.
"""

RATE_LIMITS = {
    # allauth's own, for second factors; those of a password follow.
    "login_failed": "10/m/ip,5/5m/key",
    # An address, from one network; from one device that knows it; and from everywhere else together. NIST SP 800-63B
    # wants at most 100 wrong passwords in a row.
    "password_from_network": "10/m/ip,5/5m/key",
    "password_from_device": "5/5m/key",
    "password_from_anywhere": "50/h/key",
    # Mail that anybody can have sent to an address. allauth's limit by address alone is left out.
    "request_login_code": "20/m/ip",
    "reset_password": "20/m/ip",
    "code_from_network": "3/5m/key,10/h/key",
    "code_from_device": "3/5m/key,10/h/key",
    "code_from_anywhere": "20/h/key",
    # Wrong codes of invitations. One in 500 million is right, for each that runs; who is locked out by others still has the link.
    "invitation_from_network": "10/5m/key,40/h/key",
    "invitation_from_anywhere": "1000/h/key",
}
