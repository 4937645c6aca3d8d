package demo

import (
	"time"

	"hoinghi/conference/vietnamese"
)

// Moment gives the time at which the demo's clock starts: the morning of the
// conference, with the reception busy and late changes still taken.
func Moment() time.Time { return time.Date(2022, time.October, 13, 7, 45, 0, 0, vietnamese.Zone()) }
