package db

import "database/sql/driver"

// Value implements driver.Valuer. STRICT tables refuse the driver's own form of a time.
func (t Time) Value() (driver.Value, error) {
	if t.IsZero() {
		return nil, nil
	}
	return t.UnixMilli(), nil
}
