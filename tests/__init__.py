"""The tests of Guestbook."""
