using InstructKit.Protocol;
using Xunit;

namespace InstructKit.Tests.Protocol;

/// <summary>The number of inverted examples.</summary>
public sealed class InversionDrawTests
{
    private static readonly RowKeys Keys = new(42, "task", "train");

    [Theory]
    [InlineData(0)]
    [InlineData(23)]
    [InlineData(50)]
    [InlineData(100)]
    public void The_rate_is_that_of_the_plan_and_templates_of_a_kind_are_drawn_alike(int percent)
    {
        // Templates 0, 1 and 2 are direct, 5 and 7 are not.
        var draw = InversionDraw.Of([0, 1, 2, 5, 7], template => template < 3, percent)!; // both kinds are there
        var drawn = Enumerable.Range(0, 20_000).Select(row => draw.Choose(Keys, row, 0)).CountBy(template => template).ToDictionary();
        double Of(int template) => drawn.GetValueOrDefault(template) / 20_000.0;
        // Five standard deviations of a share of 20,000 are below 0.018.
        Assert.InRange(Of(5) + Of(7), (percent / 100.0) - 0.018, (percent / 100.0) + 0.018);
        foreach (var (template, kinds) in (ReadOnlySpan<(int, int)>)[(0, 3), (1, 3), (2, 3), (5, 2), (7, 2)])
            Assert.InRange(Of(template), ((kinds == 2 ? percent : 100 - percent) / 100.0 / kinds) - 0.018, ((kinds == 2 ? percent : 100 - percent) / 100.0 / kinds) + 0.018);
    }

    [Fact]
    public void Each_use_of_a_row_is_drawn_by_itself()
    {
        var draw = InversionDraw.Of([0, 1], template => template == 0, 50)!; // both kinds are there
        Assert.InRange(Enumerable.Range(0, 1_000).Count(row => draw.Choose(Keys, row, 0) != draw.Choose(Keys, row, 1)), 420, 580);
    }

    [Fact]
    public void There_is_nothing_to_draw_among_templates_of_one_kind()
    {
        Assert.Null(InversionDraw.Of([0, 1], _ => true, 50));
        Assert.Null(InversionDraw.Of([0, 1], _ => false, 50));
    }
}
