"""The doors of readers: nobody logs in, nothing changes on a look, and no link ends in a bare error."""
