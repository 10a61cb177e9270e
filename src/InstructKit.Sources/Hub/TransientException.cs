namespace InstructKit.Sources.Hub;

/// <summary>Something that may go better next time: a cut connection, a server's bad minute.</summary>
/// <param name="message">What happened, for people.</param>
/// <param name="pause">How long the server asks to wait, or null.</param>
/// <param name="inner">The cause.</param>
internal sealed class TransientException(string message, RequestedPause? pause = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>How long the server asks to wait, or null.</summary>
    public RequestedPause? Pause => pause;
}
