using System.Text.Json;
using Xunit;

namespace InstructKit.Tests.Cli;

/// <summary>FLAN's mixture from row counts, without data. Sums of the rates are from the released code.</summary>
public sealed class PlanRowsTests
{
    private static string Rows => Path.Combine(AppContext.BaseDirectory, "Golden", "flan-2021-rows.yaml");

    [Fact]
    public void Rates_of_all_69_tasks_sum_to_those_of_the_released_code()
    {
        var plan = Plan("--scheme", "code", "--hold-out", "none");
        Assert.Equal((69, 188_371), (Train(plan), plan.GetProperty("total_rate").GetInt32()));
        var copa = plan.GetProperty("tasks").EnumerateArray().Single(task => task.GetProperty("task").GetString() == "copa");
        Assert.Equal((350, 0.001858m), (copa.GetProperty("total").GetInt32(), copa.GetProperty("share").GetDecimal()));
    }

    [Theory]
    [InlineData(0, 58, 156712)]
    [InlineData(1, 65, 176371)]
    [InlineData(2, 61, 164371)]
    [InlineData(3, 65, 179401)]
    [InlineData(4, 55, 152276)]
    [InlineData(7, 63, 174350)]
    [InlineData(9, 66, 183745)]
    [InlineData(10, 55, 152276)]
    [InlineData(13, 68, 185371)]
    [InlineData(16, 57, 156350)]
    public void Rates_of_the_published_splits_sum_to_those_of_the_released_code(int split, int tasks, int sum)
    {
        var plan = Plan("--hold-out", string.Create(CultureInfo.InvariantCulture, $"flan_inter_cluster_split_{split}"));
        Assert.Equal((tasks, sum), (Train(plan), plan.GetProperty("total_rate").GetInt32()));
    }

    [Theory]
    [InlineData("as-released", 55, 152276)]
    [InlineData("templates-4", 61, 173027)] // 188,371 without the 15,344 of the eight SuperGLUE tasks
    [InlineData("tasks-5", 5, 15000)]
    public void Rates_of_presets_sum_to_those_of_the_released_code(string preset, int tasks, int sum)
    {
        var plan = Plan("--preset", preset);
        Assert.Equal((tasks, sum), (Train(plan), plan.GetProperty("total_rate").GetInt32()));
    }

    [Fact]
    public void A_draw_is_exact()
    {
        var plan = Plan("--scheme", "code", "--hold-out", "none", "--draw", "1000000");
        Assert.Equal(1_000_000, plan.GetProperty("tasks").EnumerateArray().Sum(task => task.GetProperty("total").GetInt64()));
        // 3,000 of 188,371 are 15,926.02 of a million.
        Assert.All(plan.GetProperty("tasks").EnumerateArray().Where(task => task.GetProperty("rate").GetInt32() == 3_000), task => Assert.InRange(task.GetProperty("total").GetInt64(), 15_926, 15_927));
    }

    private static int Train(JsonElement plan) => plan.GetProperty("tasks").EnumerateArray().Count(task => task.GetProperty("role").GetString() == "train");

    private static JsonElement Plan(params string[] arguments) => JsonDocument.Parse(CliRun.Ok(["plan", "--rows", Rows, "--json", .. arguments]).Output).RootElement;
}
