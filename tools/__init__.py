"""What builds, starts and checks Guestbook, with nothing but the standard library."""
