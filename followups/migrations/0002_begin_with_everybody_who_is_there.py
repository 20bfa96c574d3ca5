from django.db import migrations

# Nobody has an agreement yet, so the origin alone decides. As `followups.rules` had it then.
BEGIN = """
INSERT INTO followups_followup (customer_id, status, since, reason, watches_bookings)
SELECT id,
       CASE origin WHEN 'web' THEN 'web_lead' WHEN 'referral' THEN 'referral' ELSE 'lead' END,
       created_at,
       CASE origin WHEN 'web' THEN 'Came by the web; has bought nothing yet.'
                   WHEN 'referral' THEN 'Was referred; has bought nothing yet.'
                   ELSE 'Has bought nothing yet.' END,
       FALSE
FROM customers_customer
"""
COUNT = """
INSERT INTO followups_followuptally (status, people)
SELECT status, COUNT(*) FROM followups_followup GROUP BY status
"""


class Migration(migrations.Migration):
    dependencies = [("followups", "0001_initial")]
    operations = [migrations.RunSQL([BEGIN, COUNT], migrations.RunSQL.noop)]
