// Package badge knows what a delegate's badge proves: the signed code in its QR,
// how that code is drawn, and which badges were issued and revoked.
package badge
