package edition

// What is asked once for each organisation of a list, for the test of its plan.
const (
	SQLContacts         = sqlContacts
	SQLContactsOf       = sqlContactsOf
	SQLSameOrganisation = sqlSameOrganisation
)
