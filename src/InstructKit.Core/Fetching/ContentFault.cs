namespace InstructKit.Fetching;

/// <summary>Bytes that are not those that were announced.</summary>
/// <param name="message">What differs, for people.</param>
internal sealed class ContentFault(string message) : Exception(message);
