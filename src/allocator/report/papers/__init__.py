"""The papers of a proposal: what each says, before any program writes it."""
