"""Words per language (gettext catalogues), and how a language writes dates where Django's own way is not the house's."""
