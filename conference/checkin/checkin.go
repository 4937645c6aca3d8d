// Package checkin keeps who came through which door and when. Devices report
// what they read, in any order and as often as the network makes them; every
// report is kept, and who was first is worked out from the record (scanner.md 3.2, D8).
package checkin

import (
	"strconv"

	"hoinghi/conference/badge"
	"hoinghi/db"
)

// Room is the check-in room. Its methods are safe for concurrent use.
type Room struct {
	db     *db.DB
	signer *badge.Signer
}

// New makes the room. The signer's keys verify the badges that are read.
func New(d *db.DB, signer *badge.Signer) *Room { return &Room{db: d, signer: signer} }

// Device is a paired device of the door, as the account room knows it.
type Device struct {
	ID           int64
	EditionID    int64
	CheckpointID int64
}

// Topic is what is published whenever an edition's arrivals change.
func Topic(editionID int64) string { return "checkin/" + strconv.FormatInt(editionID, 10) }
