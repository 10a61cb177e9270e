using InstructKit.Sources.Hub;
using Xunit;

namespace InstructKit.Tests.Fetching;

/// <summary>Two processes on one blob: one waits for the other.</summary>
public sealed class CacheLockTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task The_second_waits_until_the_first_lets_go()
    {
        var path = _scratch.At("locks", "a.lock");
        var first = await CacheLock.TakeAsync(path, new HubPacing(), TimeSpan.Zero, TestContext.Current.CancellationToken);
        var pauses = 0;
        var pacing = new HubPacing
        {
            Delay = (_, _) =>
            {
                if (++pauses == 3) first.Dispose();

                return Task.CompletedTask;
            },
        };
        using var second = await CacheLock.TakeAsync(path, pacing, TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.Equal(3, pauses);
    }

    [Fact]
    public async Task The_second_gives_up_in_the_end_and_says_on_what()
    {
        var path = _scratch.At("a.lock");
        using var first = await CacheLock.TakeAsync(path, new HubPacing(), TimeSpan.Zero, TestContext.Current.CancellationToken);
        var exception = await Assert.ThrowsAsync<DiagnosticException>(() =>
            CacheLock.TakeAsync(path, new HubPacing { Delay = (_, _) => Task.CompletedTask }, TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.Equal(HubCodes.CacheBusy, exception.Diagnostics[0].Code);
        Assert.Contains(path, exception.Message, StringComparison.Ordinal);
    }
}
