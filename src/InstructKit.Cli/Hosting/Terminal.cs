namespace InstructKit.Cli.Hosting;

/// <summary>The streams of a run and their properties. Data goes to <see cref="Output"/>, everything for humans to <see cref="Error"/>.</summary>
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

    /// <summary>Standard output as text: UTF-8 without a byte order mark, line feeds; control characters are made visible.</summary>
    public TextWriter Text => _text ??= new VisibleWriter(RawText);

    /// <summary>Like <see cref="Text"/>, for text with our own escapes.</summary>
    public TextWriter RawText => _rawText ??= new StreamWriter(output, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };

    /// <summary>Standard error; control characters are made visible.</summary>
    public TextWriter Error => _error;

    /// <summary>Like <see cref="Error"/>, for text with our own escapes.</summary>
    public TextWriter RawError => error;

    /// <summary>True when standard output is a terminal.</summary>
    public bool OutputIsTerminal { get; init; }

    /// <summary>True when standard error is a terminal.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>True when colours are disabled (--no-color, NO_COLOR, a terminal without them).</summary>
    public bool NoColor { get; set; }

    /// <summary>True when only errors are requested.</summary>
    public bool Quiet { get; set; }

    /// <summary>Options of the running command; null before it is known.</summary>
    public IReadOnlySet<string>? Options { get; set; }

    /// <summary>True when results and errors are JSON.</summary>
    public bool Json { get; set; }

    /// <summary>Messages about the work.</summary>
    public MessageLog Log { get; set; } = MessageLog.Silent;

    /// <summary>Cancels the work.</summary>
    public CancellationToken Cancel { get; init; }

    /// <summary>Columns of the terminal.</summary>
    public int Width => OutputIsTerminal && Console.WindowWidth is > 20 and var width ? width : DefaultWidth;

    /// <summary>Writes a message for the user, unless quiet.</summary>
    public void Say(string line)
    {
        if (!Quiet) _error.WriteLine(line);
    }

    /// <summary>Flushes <see cref="Text"/>.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Flush()
    {
        _rawText?.Flush();
        output.Flush();
    }

    /// <summary>Releases the streams; after a failure, remaining output is written if possible.</summary>
    public void Dispose()
    {
        try
        {
            _rawText?.Dispose();
            output.Flush();
        }
        catch (IOException)
        {
            // The run has already failed and reported why.
        }

        error.Flush();
    }
}
