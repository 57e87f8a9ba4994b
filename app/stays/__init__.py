"""Bookings and what they become: stays, and the figures that a guest's stays add up to."""
