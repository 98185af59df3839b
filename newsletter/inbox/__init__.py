"""Mail that never leaves: caught by SMTP, kept as files, shown at /inbox/. Not there when mail really leaves."""
