package edition

// KindByName guesses what sort of body an organisation is from its name, as the
// import does; ok is false for a name that does not say.
func KindByName(name string) (k OrganisationKind, ok bool) { return readKind(name) }
