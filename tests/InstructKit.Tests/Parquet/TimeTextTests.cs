using FsCheck;
using FsCheck.Fluent;
using InstructKit.Parquet.Metadata;
using InstructKit.Parquet.Reading;
using Xunit;

namespace InstructKit.Tests.Parquet;

public sealed class TimeTextTests
{
    // Years outside 0001 to 9999 were computed by hand from the 146,097 days of 400 years.
    [Theory]
    [InlineData(0, "1970-01-01")]
    [InlineData(-1, "1969-12-31")]
    [InlineData(11016, "2000-02-29")]
    [InlineData(-719162, "0001-01-01")]
    [InlineData(2932896, "9999-12-31")]
    [InlineData(2932897, "10000-01-01")]
    [InlineData(-719528, "0000-01-01")]
    [InlineData(-719529, "-0001-12-31")]
    [InlineData(146097, "2370-01-01")]
    public void Days_are_dates(long days, string expected) => Assert.Equal(expected, NumberTextTests.Text(buffer => TimeText.AppendDate(buffer, days)));

    [Fact]
    public void Dates_are_those_of_the_calendar_that_DateOnly_has() => Prop.ForAll(
        Gen.Choose(0, DateOnly.MaxValue.DayNumber).ToArbitrary(),
        day => NumberTextTests.Text(buffer => TimeText.AppendDate(buffer, day - 719_162)) == DateOnly.FromDayNumber(day).ToString("O", System.Globalization.CultureInfo.InvariantCulture))
        .Check(Config.QuickThrowOnFailure);

    [Fact]
    public void Timestamps_have_the_digits_of_their_unit()
    {
        Assert.Equal("1970-01-01T00:00:01.500", Stamp(1_500, 1, false));
        Assert.Equal("1969-12-31T23:59:59.999999Z", Stamp(-1, 2, true));
        Assert.Equal("1677-09-21T00:12:43.145224192", Stamp(long.MinValue, 3, false));
    }

    [Fact]
    public void Int96_counts_from_noon_of_no_day()
    {
        // Julian day 2,440,588 is 1970-01-01.
        Assert.Equal("1970-01-01T00:00:00.000000001", NumberTextTests.Text(buffer => TimeText.AppendInt96(buffer, 1, 2_440_588)));
        Assert.Equal("1970-01-03T00:00:00.000000000", NumberTextTests.Text(buffer => TimeText.AppendInt96(buffer, 86_400_000_000_000, 2_440_589)));
    }

    [Fact]
    public void A_time_beyond_the_day_is_corrupt() =>
        Assert.Throws<InstructKit.Parquet.Format.ParquetException>(() => NumberTextTests.Text(buffer => TimeText.AppendTime(buffer, 86_400_001 * 1000L, (TimeUnit)2)));

    private static string Stamp(long value, int unit, bool isUtc) => NumberTextTests.Text(buffer => TimeText.AppendTimestamp(buffer, value, (TimeUnit)unit, isUtc));
}
