"""Tables, defined once for every place that shows them."""
