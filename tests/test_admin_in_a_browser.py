"""Staff at the desk: what no request alone shows, clicked through in a real browser."""

import shutil
from datetime import datetime, time, timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support import expected_conditions as until
from selenium.webdriver.support.wait import WebDriverWait

from benefits.models import BenefitUsage
from benefits.tests.factories import BenefitFactory
from bookings.models import Booking
from bookings.services import book_session, join_waitlist
from bookings.tests.factories import BookingFactory
from classes.models import ClassSession
from classes.tests.factories import ClassSessionFactory, ClassTypeFactory
from customers.tests.factories import CustomerFactory

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1400,1000",
)
PATIENCE = 20


class Desk:
    """The browser in the words of those who sit before it."""

    def __init__(self, driver, url):
        self.driver, self.url = driver, url
        self.wait = WebDriverWait(driver, PATIENCE)

    def open(self, path):
        self.driver.get(self.url + path)

    def sees(self, text):
        self.wait.until(until.text_to_be_present_in_element((By.TAG_NAME, "body"), text))

    def types(self, name, text):
        self.driver.find_element(By.NAME, name).send_keys(text)

    def presses(self, label):
        button = (By.XPATH, f"//button[contains(normalize-space(.), '{label}')]")
        self.wait.until(until.element_to_be_clickable(button)).click()

    def follows(self, label):
        link = (By.XPATH, f"//a[contains(normalize-space(.), '{label}')]")
        self.wait.until(until.element_to_be_clickable(link)).click()

    def picks(self, name, typed, label):
        box = (By.CSS_SELECTOR, f".field-{name} .select2-selection")
        self.wait.until(until.element_to_be_clickable(box)).click()
        field = (By.CSS_SELECTOR, ".select2-search__field")
        self.wait.until(until.visibility_of_element_located(field)).send_keys(typed)
        option = (By.XPATH, f"//li[contains(@class, 'option') and contains(., '{label}')]")
        self.wait.until(until.element_to_be_clickable(option)).click()

    def logs_in(self, name, password):
        self.open("/admin/")
        self.types("username", name)
        self.types("password", password + Keys.ENTER)
        self.sees("Booking windows")

    def books(self, customer, session_at):
        self.open("/admin/bookings/booking/add/")
        self.picks("customer", customer, customer)
        self.picks("class_session", "Yoga", session_at)
        self.presses("Save")

    def records_use(self, customer, benefit):
        self.open("/admin/benefits/benefitusage/add/")
        self.picks("person", customer, customer)
        self.picks("benefit", benefit, benefit)
        self.presses("Save")


@pytest.fixture
def desk(live_server, tmp_path):
    binary, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if binary is None:
        pytest.skip("Chromium is not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for flag in (*FLAGS, f"--user-data-dir={tmp_path}"):
        options.add_argument(flag)
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield Desk(browser, live_server.url)
    browser.quit()


def test_staff_book_are_refused_a_second_time_and_cancel(desk):
    User.objects.create_superuser("desk", password="open sesame")
    CustomerFactory(first_name="Anna", last_name="Schmidt", email="anna@example.org")
    tomorrow = timezone.localdate() + timedelta(days=1)
    yoga = ClassTypeFactory(capacity=20)
    for hour in (10, 18):
        starts_at = datetime.combine(tomorrow, time(hour), timezone.get_default_timezone())
        ClassSessionFactory(class_type=yoga, starts_at=starts_at)

    desk.logs_in("desk", "open sesame")
    desk.books("Schmidt", "10:00")
    desk.sees("10:00: Booked.")
    desk.books("Schmidt", "18:00")
    desk.sees(f"The customer's one booking on {tomorrow:%d %B %Y} is used.")
    desk.open(f"/admin/bookings/booking/{Booking.objects.get().pk}/change/")
    desk.presses("Cancel")
    desk.sees("10:00: Cancelled.")

    booking = Booking.objects.select_related("class_session").get()
    assert (booking.status, booking.class_session.booked_count) == ("cancelled", 0)


def test_staff_cancel_a_session_after_seeing_whom_it_touches(desk):
    User.objects.create_superuser("desk", password="open sesame")
    starts_at = timezone.now() + timedelta(days=1)
    session = ClassSessionFactory(starts_at=starts_at, capacity=1)
    anna = CustomerFactory(first_name="Anna", last_name="Schmidt")
    zoe = CustomerFactory(first_name="Zoë", last_name="Müller")
    at = timezone.now()
    book_session(customer_id=anna.pk, session_id=session.pk, at=at)
    join_waitlist(customer_id=zoe.pk, session_id=session.pk, at=at)

    desk.logs_in("desk", "open sesame")
    desk.open(f"/admin/classes/classsession/{session.pk}/change/")
    desk.sees("Zoë Müller")
    desk.follows("Cancel")
    desk.types("reason", "The coach is ill.")
    desk.presses("Show whom it touches")
    desk.sees("One booking would be cancelled by the gym")
    desk.sees("Anna Schmidt")
    desk.sees("Zoë Müller")
    untouched = ClassSession.objects.get().status
    desk.presses("Cancel the session")
    desk.sees("It is cancelled. One booking was cancelled with it. One customer waits no more.")

    session.refresh_from_db()
    assert untouched == "scheduled"
    assert (session.status, session.cancellation_reason) == ("cancelled", "The coach is ill.")
    assert (session.booked_count, session.waitlist_count) == (0, 0)


def test_staff_record_a_use_are_refused_a_second_and_find_it_on_the_venues_page(desk):
    User.objects.create_superuser("desk", password="open sesame")
    CustomerFactory(first_name="Anna", last_name="Schmidt", email="anna@example.org")
    burgers = BenefitFactory(title="Burgers", venue__name="Bun & Co")

    desk.logs_in("desk", "open sesame")
    desk.records_use("Schmidt", "Burgers")
    desk.sees("added successfully")
    desk.records_use("Schmidt", "Burgers")
    desk.sees("The benefit was used, and cannot be used again yet.")
    desk.open("/admin/venues/venue/")
    desk.follows("Bun & Co")
    desk.sees("Uses per week")
    [bar] = desk.driver.find_elements(By.CSS_SELECTOR, "td [style='width: 100.00%']")
    drawn = bar.size["width"]
    desk.driver.find_element(By.CSS_SELECTOR, "figure li:last-child a").click()
    desk.sees("Anna Schmidt")

    assert BenefitUsage.objects.get().benefit == burgers
    assert drawn > 100


def test_the_home_page_shows_today_and_leads_to_a_sessions_roster(desk):
    User.objects.create_superuser("desk", password="open sesame")
    # In the middle of the gym's day, whenever this runs.
    noon = datetime.combine(timezone.localdate(), time(12), timezone.get_default_timezone())
    session = ClassSessionFactory(starts_at=noon, capacity=2)
    BookingFactory(class_session=session, customer__first_name="Zoë")

    desk.logs_in("desk", "open sesame")
    for heading in ("Sessions today", "Flash promotions", "Late cancellations", "Follow-up"):
        desk.sees(heading)
    bar = desk.driver.find_element(By.CSS_SELECTOR, "#sessions [style='width: 50.00%']")
    drawn, whole = bar.size["width"], bar.find_element(By.XPATH, "..").size["width"]
    desk.follows("12:00 Yoga")
    desk.sees("Zoë")

    assert whole > 200
    assert drawn == pytest.approx(whole / 2, abs=1)
