"""What is shipped to run it: Compose, the chart, dashboards and alerts."""
