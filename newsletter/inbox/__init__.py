"""The mail catcher of the embedded mode and its pages; never there when mail really leaves."""
