namespace InstructKit.Tests.Cli;

/// <summary>Result of a command line run in this process: exit code and both streams.</summary>
internal sealed record CliRun(int Code, byte[] Bytes, string Error)
{
    /// <summary>Folder of the shipped files, as this process sees it.</summary>
    public static string Home { get; } = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);

    public string Output => Encoding.UTF8.GetString(Bytes);

    public static CliRun Of(params IEnumerable<string> args) => Of(CancellationToken.None, args);

    public static CliRun Of(CancellationToken cancel, params IEnumerable<string> args)
    {
        using var output = new MemoryStream();
        using var error = new StringWriter { NewLine = "\n" };
        var code = InstructKit.Cli.Application.Run([.. args], TextReader.Null, output, error, cancel);
        return new CliRun(code, output.ToArray(), error.ToString());
    }

    /// <summary>Runs the arguments in a line; fails the test unless it succeeds.</summary>
    public static CliRun Ok(params IEnumerable<string> args)
    {
        var run = Of(args);
        Xunit.Assert.True(run.Code == 0, $"{string.Join(' ', args)}: exit {run.Code}\n{run.Error}");
        return run;
    }
}
