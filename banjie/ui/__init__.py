"""The face: templates' environment, page frame, components, browser code. Knows no business word."""
