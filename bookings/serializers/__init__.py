"""
The shapes of what this app serves.

Lists are written by `session_json` and `booking_json` from light rows; the serializers read
requests and describe the same fields to the OpenAPI document. A test holds them together.
"""
