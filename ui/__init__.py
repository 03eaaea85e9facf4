"""What people see: styles, palette, reports, icons."""
