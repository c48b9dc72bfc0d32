"""Questions asked of scenarios; nothing here touches a file or a screen."""
