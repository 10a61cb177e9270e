namespace InstructKit.Cli.Hosting;

/// <summary>The streams of a run and what is known about them. Data goes to <see cref="Output"/>, everything meant for people to <see cref="Error"/>.</summary>
/// <param name="input">Standard input.</param>
/// <param name="output">Standard output.</param>
/// <param name="error">Standard error.</param>
internal sealed class Terminal(TextReader input, Stream output, TextWriter error) : IDisposable
{
    private const int DefaultWidth = 100;

    private readonly VisibleWriter _error = new(error);
    private StreamWriter? _rawText;
    private VisibleWriter? _text;

    /// <summary>Standard input.</summary>
    public TextReader Input => input;

    /// <summary>Standard input as bytes; only a text that replaces it in-process is encoded first.</summary>
    public Stream OpenInput() => input is StreamReader reader ? reader.BaseStream : new MemoryStream(Encoding.UTF8.GetBytes(input.ReadToEnd()));

    /// <summary>Standard output as bytes.</summary>
    public Stream Output => output;

    /// <summary>Standard output as text: UTF-8 without a byte order mark, line feeds; characters that a terminal obeys are made visible.</summary>
    public TextWriter Text => _text ??= new VisibleWriter(RawText);

    /// <summary>As <see cref="Text"/>, for text with escapes of our own.</summary>
    public TextWriter RawText => _rawText ??= new StreamWriter(output, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };

    /// <summary>Standard error; characters that a terminal obeys are made visible.</summary>
    public TextWriter Error => _error;

    /// <summary>As <see cref="Error"/>, for text with escapes of our own.</summary>
    public TextWriter RawError => error;

    /// <summary>True when people look at standard output.</summary>
    public bool OutputIsTerminal { get; init; }

    /// <summary>True when people look at standard error.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>True when colours were refused (--no-color, NO_COLOR, a terminal without them).</summary>
    public bool NoColor { get; set; }

    /// <summary>True when only errors are wanted.</summary>
    public bool Quiet { get; set; }

    /// <summary>Options of the command that runs; null before it is known.</summary>
    public IReadOnlySet<string>? Options { get; set; }

    /// <summary>True when answers and errors are JSON.</summary>
    public bool Json { get; set; }

    /// <summary>Messages about the work.</summary>
    public MessageLog Log { get; set; } = MessageLog.Silent;

    /// <summary>Ends the work.</summary>
    public CancellationToken Cancel { get; init; }

    /// <summary>Columns of the terminal.</summary>
    public int Width => OutputIsTerminal && Console.WindowWidth is > 20 and var width ? width : DefaultWidth;

    /// <summary>Says something to people, unless they asked for quiet.</summary>
    public void Say(string line)
    {
        if (!Quiet) _error.WriteLine(line);
    }

    /// <summary>Hands on what was written to <see cref="Text"/>.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Flush()
    {
        _rawText?.Flush();
        output.Flush();
    }

    /// <summary>Lets go of the streams; what is left after a failure is written if it can be.</summary>
    public void Dispose()
    {
        try
        {
            _rawText?.Dispose();
            output.Flush();
        }
        catch (IOException)
        {
            // The run failed already, and said why.
        }

        error.Flush();
    }
}
