"""Where a rulebook is written: the editor, what it proposes, how the draft would look and whom it would touch."""
