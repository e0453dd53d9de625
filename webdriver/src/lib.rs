//! A supervised pool of WebDriver sessions.
