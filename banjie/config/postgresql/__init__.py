"""Django's PostgreSQL backend, tuned for many small requests. `settings.DATABASES` names it as ENGINE."""
